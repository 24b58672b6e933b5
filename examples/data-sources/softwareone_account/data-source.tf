data "softwareone_account" "by_name" {
  provider = accounts

  name = "Acme"
}

output "acme_created_at" {
  value = data.softwareone_account.by_name.audit.created_at
}
