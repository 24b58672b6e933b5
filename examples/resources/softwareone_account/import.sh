terraform import softwareone_account.acme ACC-1234-5678
