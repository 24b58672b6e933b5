import {
  provider = accounts
  to       = softwareone_account.acme
  id       = "ACC-1234-5678"
}
