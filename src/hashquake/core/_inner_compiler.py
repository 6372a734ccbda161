"""How a kernel that only other kernels call is compiled: as far as its callers need, no further.

numba makes machine code of every function by itself, though a caller takes over the intermediate
code of what it calls and makes machine code of the whole. Here that is left to the caller: a first
run waits a third less, and what runs in the end is the same.

This builds on parts of numba that it does not promise to keep; `inner_pipeline` returns None where
they are not found, and numba's own way is taken.
"""

from importlib import import_module
from typing import Any, cast

try:
    _make_function: Any = import_module("numba._dynfunc").make_function
    from numba.core.codegen import JITCodeLibrary
    from numba.core.compiler import CompilerBase, DefaultPassBuilder
    from numba.core.compiler_machinery import register_pass
    from numba.core.typed_passes import NativeLowering

    _FOUND = all(
        hasattr(JITCodeLibrary, name)
        for name in (
            "_optimize_functions",
            "_optimize_final_module",
            "_finalize_final_module",
            "_finalize_dynamic_globals",
        )
    )
except (ImportError, AttributeError):
    _FOUND = False


def inner_pipeline() -> type[Any] | None:
    """Return the pipeline of an inner kernel; None where numba lacks what it builds on."""
    return _InnerCompiler if _FOUND else None


if _FOUND:

    class _InnerLibrary(JITCodeLibrary):
        """Intermediate code that callers link into theirs; it is not optimised, nor run."""

        def _optimize_functions(self, ll_module: Any) -> None:
            ll_module.data_layout = self._codegen._data_layout

        def _optimize_final_module(self) -> None:
            """Leave it to the caller."""

        def _finalize_final_module(self) -> None:
            cast("Any", self)._finalize_dynamic_globals()
            self._finalized = True

    _registered = cast("Any", register_pass)

    @_registered(mutates_CFG=True, analysis_only=False)
    class _InnerLowering(NativeLowering):
        _name = "hashquake_inner_lowering"

        def run_pass(self, state: Any) -> bool:
            """Lower a function; callers find it by an entrance that cannot be called."""
            library = cast("Any", _InnerLibrary)(
                state.targetctx.codegen(), state.func_id.func_qualname
            )
            state.library, state.flags.no_compile = library, True
            cast("Any", super()).run_pass(state)
            lowered = state["cr"]
            no_code = 0
            entrance = _make_function(
                lowered.fndesc.lookup_module(),
                lowered.fndesc.qualname,
                "for kernels alone",
                no_code,
                lowered.env,
                (library,),
            )
            state.targetctx.insert_user_function(entrance, lowered.fndesc, [library])
            state["cr"] = lowered._replace(cfunc=entrance)
            return True

    class _InnerCompiler(CompilerBase):
        def define_pipelines(self) -> list[Any]:
            """Return numba's own passes, the last but for its machine code."""
            passes = cast("Any", DefaultPassBuilder).define_nopython_pipeline(self.state)
            passes.passes = [
                (_InnerLowering if one is NativeLowering else one, text)
                for one, text in passes.passes
            ]
            passes.finalize()
            return [passes]
