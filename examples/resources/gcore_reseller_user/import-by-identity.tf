import {
  provider = accounts
  to       = gcore_reseller_user.acme
  identity = {
    id = "43001"
  }
}
