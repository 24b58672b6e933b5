data "gcore_reseller_users" "acme" {
  provider = accounts

  company = "Acme"
}

output "acme_emails" {
  value = [for user in data.gcore_reseller_users.acme.users : user.email]
}
