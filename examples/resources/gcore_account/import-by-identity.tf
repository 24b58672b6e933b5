import {
  provider = accounts
  to       = gcore_account.acme
  identity = {
    id = "7310004"
  }
}
