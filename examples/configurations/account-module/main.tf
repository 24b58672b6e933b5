# A module that vends accounts: its callers say who the customer is, the module says how an account is made.
terraform {
  required_version = ">= 1.11"

  required_providers {
    accounts = {
      source = "cloud-accounts/accounts"
    }
  }
}

module "acme" {
  source    = "./modules/customer"
  providers = { accounts = accounts }

  name    = "Acme"
  country = "BE"
}

module "zeus" {
  source    = "./modules/customer"
  providers = { accounts = accounts }

  name    = "Zeus"
  country = "GR"
}

output "accounts" {
  value = [module.acme.ids, module.zeus.ids]
}
