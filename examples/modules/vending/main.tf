# Vends accounts: the folder says who the customers are and what each gets, the module says how accounts are made.
module "catalogue" {
  source = "./modules/catalogue"

  folder   = var.folder
  policies = lookup(var.policies, var.environment, [])
}

locals {
  customers = module.catalogue.customers

  # What each policy is at each vendor. Only what a vendor offers: a Gcore account can't be removed by an API.
  deletion_policies = {
    gcore_account       = { prevent = "prevent", abandon = "abandon", remove = "abandon" }
    gcore_reseller_user = { prevent = "prevent", abandon = "abandon", remove = "delete" }
    softwareone_account = { prevent = "prevent", abandon = "abandon", remove = "disable" }
    fortanix_account    = { prevent = "prevent", abandon = "abandon", remove = "delete" }
  }

  # Terraform evaluates for_each, and what a block refers to, once per instance: so each instance finds all of its own in
  # each.value, and refers to nothing that grows with the number of customers.
  gcore_accounts = {
    for key, customer in local.customers : key => merge(customer.gcore_account[0], {
      deletion_policy = local.deletion_policies.gcore_account[customer.policy]
    }) if length(customer.gcore_account) > 0
  }
  gcore_reseller_users = {
    for key, customer in local.customers : key => merge(customer.gcore_reseller_user[0], {
      deletion_policy = local.deletion_policies.gcore_reseller_user[customer.policy]
    }) if length(customer.gcore_reseller_user) > 0
  }
  softwareone_accounts = {
    for key, customer in local.customers : key => merge(customer.softwareone_account[0], {
      deletion_policy = local.deletion_policies.softwareone_account[customer.policy]
    }) if length(customer.softwareone_account) > 0
  }
  fortanix_accounts = {
    for key, customer in local.customers : key => merge(customer.fortanix_account[0], {
      deletion_policy = local.deletion_policies.fortanix_account[customer.policy]
    }) if length(customer.fortanix_account) > 0
  }
}

resource "gcore_account" "customer" {
  for_each = local.gcore_accounts
  provider = accounts

  company         = each.value.company
  deletion_policy = each.value.deletion_policy
}

resource "gcore_reseller_user" "customer" {
  for_each = local.gcore_reseller_users
  provider = accounts

  email               = each.value.email
  company             = each.value.company
  name                = each.value.name
  phone               = each.value.phone
  lang                = each.value.lang
  custom_id           = each.value.custom_id
  country_code        = each.value.country_code
  services            = each.value.services
  password_wo         = lookup(var.gcore_passwords, each.key, null)
  password_wo_version = 1
  deletion_policy     = each.value.deletion_policy
}

resource "softwareone_account" "customer" {
  for_each = local.softwareone_accounts
  provider = accounts

  name                    = each.value.name
  type                    = "Client"
  external_id             = each.value.external_id
  technical_support_email = each.value.technical_support_email
  website                 = each.value.website
  description             = each.value.description
  address                 = each.value.address
  deletion_policy         = each.value.deletion_policy
}

resource "fortanix_account" "customer" {
  for_each = local.fortanix_accounts
  provider = accounts

  name            = each.value.name
  component       = each.value.component
  deletion_policy = each.value.deletion_policy
}
