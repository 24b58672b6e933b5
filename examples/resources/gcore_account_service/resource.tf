resource "gcore_account" "acme" {
  provider = accounts

  company = "Acme"
}

resource "gcore_account_service" "cdn" {
  provider = accounts

  account_id = gcore_account.acme.id
  product    = "CDN"
  status     = "active"
  enabled    = true
}
