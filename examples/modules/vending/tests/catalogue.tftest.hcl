# Checks the files without a provider.
run "refuses" {
  command = plan

  module {
    source = "./modules/catalogue"
  }
  variables {
    folder   = "./tests/refused"
    policies = ["prevent"]
  }

  expect_failures = [output.customers]
}

run "accepts" {
  command = plan

  module {
    source = "./modules/catalogue"
  }
  variables {
    folder   = "./tests/customers"
    policies = ["prevent", "abandon"]
  }

  assert {
    condition     = output.customers["acme"].policy == "prevent"
    error_message = "The first policy is not the default."
  }
}
