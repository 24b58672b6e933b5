data "softwareone_accounts" "active_clients" {
  provider = accounts

  type   = "Client"
  status = "Active"
}

output "client_ids" {
  value = { for account in data.softwareone_accounts.active_clients.accounts : account.name => account.id... }
}
