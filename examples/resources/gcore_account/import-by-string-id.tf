import {
  provider = accounts
  to       = gcore_account.acme
  id       = "7310004"
}
