resource "softwareone_account" "acme" {
  provider = accounts

  name        = "Acme"
  type        = "Client"
  external_id = "CDG-0012345"
  status      = "Active"

  address = {
    address_line1 = "1 Main Street"
    post_code     = "1000"
    city          = "Brussels"
    country       = "BE"
  }

  technical_support_email = "it@acme.example"
  website                 = "https://acme.example"
  eligibility             = { client = true, partner = false }

  # Accounts can't be deleted there; a destroy disables this one. Without it, a destroy is refused.
  deletion_policy = "disable"
}
