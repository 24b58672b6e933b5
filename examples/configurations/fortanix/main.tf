# An account in CCM with a log-in by password and one through an identity provider.
# Credentials: FORTANIX_CCM_USERNAME and FORTANIX_CCM_PASSWORD.
terraform {
  required_version = ">= 1.11"

  required_providers {
    accounts = {
      source = "cloud-accounts/accounts"
    }
  }
}

variable "idp_client_secret" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "fortanix_account" "enclaves" {
  provider = accounts

  name = "Enclaves"

  auth_configs = [
    { password = { require_2fa = false, administrators_only = true } },
    {
      oauth = {
        idp_name                   = "Example"
        idp_icon_url               = "https://login.example.com/icon.png"
        idp_authorization_endpoint = "https://login.example.com/authorize"
        idp_token_endpoint         = "https://login.example.com/token"
        idp_requires_basic_auth    = true
        client_id                  = "ccm"
        client_secret_wo           = var.idp_client_secret
        client_secret_wo_version   = 1
        tls                        = { opportunistic = {} }
      }
    },
  ]
}
