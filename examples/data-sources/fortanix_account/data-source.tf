data "fortanix_account" "by_name" {
  provider = accounts

  name = "Acme"
}

output "acme_roles" {
  value = data.fortanix_account.by_name.roles
}
