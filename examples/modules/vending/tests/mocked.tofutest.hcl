# mocked.tftest.hcl for OpenTofu, which has no source here, and refuses a default for what a configuration sets.
mock_provider "accounts" {
  mock_resource "gcore_account" {
    defaults = {
      id     = "7310004"
      email  = "it@acme.example"
      status = "new"
    }
  }

  mock_resource "gcore_reseller_user" {
    defaults = {
      id        = "43001"
      client_id = "7310005"
      is_active = true
      activated = false
    }
  }

  mock_resource "gcore_account_service" {
    defaults = {
      id              = "7310004/CDN"
      service_id      = "90001"
      previous_status = "new"
    }
  }

  mock_resource "softwareone_account" {
    defaults = {
      id            = "ACC-1234-5678"
      external_name = "Acme"
      external_ids  = { pyra_tenant_id = "PYRA-1234" }
      icon          = "/static/ACC-1234-5678/icon.png"
    }
  }

  mock_resource "fortanix_account" {
    defaults = {
      id         = "5f0f1c2e-7a0b-4f3e-9b1d-2c3d4e5f6a7b"
      created_at = 1767225600
    }
  }

  mock_data "gcore_account" {
    defaults = {
      email        = "it@acme.example"
      status       = "new"
      client_type  = "common"
      country_code = "BE"
      owner        = "43001"
      reseller     = "7000001"
    }
  }

  mock_data "gcore_reseller_user" {
    defaults = {
      client_id  = "7310005"
      company    = "Acme"
      reseller   = "7000001"
      lang       = "en"
      user_type  = "common"
      auth_types = ["password"]
    }
  }

  mock_data "softwareone_account" {
    defaults = {
      type                  = "Client"
      status                = "Enabled"
      default_language_code = "en-US"
      audit                 = { created_at = "2026-01-01T00:00:00.000Z", created_by = "TKN-1234-5678", updated_at = "2026-01-01T00:00:00.000Z", updated_by = "TKN-1234-5678" }
    }
  }

  mock_data "fortanix_account" {
    defaults = {
      created_at       = 1767225600
      account_status   = "Active"
      component        = "DEFAULT"
      status           = "ACTIVE"
      roles            = ["MANAGER"]
      default_group_id = "0b9c8d7e-6f5a-4b3c-8d2e-1f0a9b8c7d6e"
    }
  }

  mock_data "gcore_caller" {
    defaults = {
      id      = "7003"
      company = "Acme"
      user_id = "43001"
    }
  }

  mock_data "softwareone_caller" {
    defaults = {
      id = "TKN-1234-5678"
    }
  }

  mock_data "fortanix_caller" {
    defaults = {
      id = "2d1e0f9a-8b7c-4d6e-8f4a-3b2c1d0e9f8a"
    }
  }
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
