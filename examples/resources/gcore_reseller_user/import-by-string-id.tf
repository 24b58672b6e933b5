import {
  provider = accounts
  to       = gcore_reseller_user.acme
  id       = "43001"
}
