import {
  to       = gcore_account_service.cdn
  provider = accounts
  identity = {
    account_id = "7310004"
    product    = "CDN"
  }
}
