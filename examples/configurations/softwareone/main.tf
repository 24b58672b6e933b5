# A client and a vendor on the Marketplace Platform. Credentials: MPT_API_TOKEN, of an Operations account.
terraform {
  required_version = ">= 1.11"

  required_providers {
    accounts = {
      source = "cloud-accounts/accounts"
    }
  }
}

resource "softwareone_account" "client" {
  provider = accounts

  name        = "Client"
  type        = "Client"
  eligibility = { client = true, partner = false }

  # Set external_id and status together once the CDG number is known: that activates the account.
  # external_id = "CDG-0012345"
  # status      = "Active"
}

resource "softwareone_account" "vendor" {
  provider = accounts

  name    = "Vendor"
  type    = "Vendor"
  website = "https://vendor.example"

  address = {
    address_line1 = "1 Main Street"
    post_code     = "1000"
    city          = "Brussels"
    country       = "BE"
  }
}
