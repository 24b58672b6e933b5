import {
  provider = accounts
  to       = fortanix_account.acme
  identity = {
    id = "0f3c1a52-6d1f-4f0e-9f5b-1c2d3e4f5a6b"
  }
}
