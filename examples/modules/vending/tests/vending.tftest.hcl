# Makes accounts, and removes or forgets them in the end: run it against the mock, not against a vendor.
variables {
  folder          = "./tests/customers"
  environment     = "test"
  gcore_passwords = { polder = "correct-horse-42-Battery" }
}

run "vends" {
  assert {
    condition     = length(output.customers) == 3
    error_message = "Not every file became a customer."
  }
  assert {
    condition     = output.customers["acme"].gcore_account_id == gcore_account.customer["acme"].id
    error_message = "Acme's account at Gcore is missing."
  }
  assert {
    condition     = output.customers["polder"].gcore_account_id == gcore_reseller_user.customer["polder"].client_id
    error_message = "The account that came with Polder's user is missing."
  }
  assert {
    condition     = output.customers["zeus"].fortanix_account_id == null
    error_message = "Zeus asked for no account at Fortanix."
  }
  assert {
    condition = (
      softwareone_account.customer["acme"].deletion_policy == "disable" && softwareone_account.customer["zeus"].deletion_policy == "abandon"
    )
    error_message = "The policies are not those of the environment and the file."
  }
}

run "moved_files_change_nothing" {
  command = plan

  variables {
    folder = "./tests/moved"
  }

  # The id of an account that was to be made anew would not be known yet, which is an error here.
  assert {
    condition = alltrue([
      for id in concat(
        values(gcore_account.customer)[*].id, values(gcore_reseller_user.customer)[*].id,
        values(softwareone_account.customer)[*].id, values(fortanix_account.customer)[*].id,
      ) : id != ""
    ])
    error_message = "An account changes although only its file moved."
  }
}

run "production_prevents" {
  command = plan

  variables {
    environment = "production"
    policies    = { production = ["prevent", "abandon"] }
  }

  assert {
    condition     = gcore_account.customer["acme"].deletion_policy == "prevent"
    error_message = "In production a destroy must fail."
  }
}
