import {
  to       = gcore_account_service.cdn
  provider = accounts
  id       = "7310004/CDN"
}
