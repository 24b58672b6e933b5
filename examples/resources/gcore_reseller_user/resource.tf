variable "acme_password" {
  type      = string
  sensitive = true
  ephemeral = true
  default   = null # only the create needs it: later plans then don't ask
}

resource "gcore_reseller_user" "acme" {
  provider = accounts

  email   = "it@acme.example"
  company = "Acme"
  name    = "Ada Lovelace"
  lang    = "en"

  # Write-only: neither the plan nor the state contains the password.
  password_wo         = var.acme_password
  password_wo_version = 1

  services = {
    CDN   = true
    CLOUD = false
  }

  # Deletes the user, not the account (client_id) that came with it. Without it, a destroy is refused.
  deletion_policy = "delete"
}
