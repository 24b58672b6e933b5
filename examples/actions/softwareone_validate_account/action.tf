# terraform apply -invoke=action.softwareone_validate_account.acme
action "softwareone_validate_account" "acme" {
  provider = accounts

  config {
    account_id  = "ACC-1234-5678"
    external_id = "CDG-4711"
  }
}
