terraform import gcore_account.acme 7310004
