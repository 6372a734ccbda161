"""The codes of countries (ISO 3166-1), and the one place where text becomes a country.

Two codes that ISO leaves to its users are taken as others take them: ``XK`` for Kosovo and ``ZZ``
for the rest of the world that a map does not name.
"""

import difflib

from hashquake.core.errors import FormatError
from hashquake.core.hostile_text import visible_text

REST = "ZZ"
"""The rest of the world: what a map does not name."""

_CODES = """
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA
AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES
BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK
CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA
DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA
GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS
GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD
IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA
KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA
LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ
MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC
NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM
PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC
SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV
SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR
TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR
VNVNM VUVUT WFWLF WSWSM XKXKX YEYEM YTMYT ZAZAF ZMZMB ZWZWE
"""
_ALPHA3 = {pair[:2]: pair[2:] for pair in _CODES.split()}
_ALPHA2 = {three: two for two, three in _ALPHA3.items()}
_REST_NAMES = {"ZZ", "OTHER", "REST", "UNKNOWN"}
COUNTRIES = frozenset(_ALPHA3)
"""Every two-letter code, the rest of the world not among them."""


def parse_country(text: str, *, rest: bool = False) -> str:
    """Read a country's two or three letters.

    Parameters
    ----------
    text : str
        Such as ``KZ``, ``kz`` or ``KAZ``.
    rest : bool
        Whether ``other`` and ``ZZ`` mean the rest of the world.

    Returns
    -------
    str
        Two letters.

    Raises
    ------
    FormatError
        ``country-unknown`` with the nearest code.

    Examples
    --------
    >>> parse_country("KAZ"), parse_country("Other", rest=True)
    ('KZ', 'ZZ')
    """
    code = text.strip().upper()
    if rest and code in _REST_NAMES:
        return REST
    if code in _ALPHA3:
        return code
    if code in _ALPHA2:
        return _ALPHA2[code]
    near = difflib.get_close_matches(code, [*_ALPHA3, *_ALPHA2], n=1, cutoff=0.5)
    raise FormatError(
        f"{visible_text(text, limit=40)!r} is no country of ISO 3166",
        code="country-unknown",
        hint=(f"did you mean {near[0]}? " if near else "") + "write two letters, such as KZ",
    )


def alpha3_of(country: str) -> str:
    """Give the three letters of a country given by its two."""
    return _ALPHA3[country]
