variable "idp_client_secret" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "fortanix_account" "acme" {
  provider = accounts

  name = "Acme"

  # New entries go to the end.
  auth_configs = [
    {
      password = { require_2fa = true, administrators_only = true }
    },
    {
      oauth = {
        idp_name                   = "Acme"
        idp_icon_url               = "https://login.acme.example/icon.png"
        idp_authorization_endpoint = "https://login.acme.example/authorize"
        idp_token_endpoint         = "https://login.acme.example/token"
        idp_requires_basic_auth    = true
        client_id                  = "fortanix"
        client_secret_wo           = var.idp_client_secret # in neither the plan nor the state
        client_secret_wo_version   = 1                     # a new number sends a new secret

        tls = {
          required = {
            validate_hostname = true
            ca                = { ca_set = "GLOBAL_ROOTS" }
          }
        }
      }
    },
  ]

  # Without it, a destroy is refused.
  deletion_policy = "delete"
}
