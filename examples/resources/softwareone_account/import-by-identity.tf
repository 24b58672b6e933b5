import {
  provider = accounts
  to       = softwareone_account.acme
  identity = {
    id = "ACC-1234-5678"
  }
}
