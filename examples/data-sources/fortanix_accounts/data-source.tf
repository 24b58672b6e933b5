data "fortanix_accounts" "all" {
  provider = accounts
}

output "account_names" {
  value = { for account in data.fortanix_accounts.all.accounts : account.id => account.name }
}
