data "gcore_accounts" "test" {
  provider = accounts

  is_test = true
}

output "test_accounts" {
  value = { for account in data.gcore_accounts.test.accounts : account.id => account.company }
}
