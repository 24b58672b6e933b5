# With a mocked provider: nothing is sent to anybody, and no credentials are needed. OpenTofu reads mocked.tofutest.hcl instead.
mock_provider "accounts" {
  source = "./tests/mocks"
}

variables {
  folder      = "./tests/customers"
  environment = "production"
}

run "creates_nothing" {
  variables {
    gcore_passwords = { polder = "correct-horse-42-Battery" }
  }

  assert {
    condition     = output.customers["acme"].softwareone_account_id == "ACC-1234-5678"
    error_message = "The mock's defaults did not apply."
  }
  assert {
    condition     = gcore_account.customer["acme"].deletion_policy == "prevent" && fortanix_account.customer["polder"].name == "Polder (confidential)"
    error_message = "The accounts are not as the files say."
  }
}
