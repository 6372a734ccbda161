"""What sources share to reach a server and to read its answer safely."""
