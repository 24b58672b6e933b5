list "gcore_account_service" "acme" {
  provider = accounts

  config {
    account_id = "7310004"
  }
}
