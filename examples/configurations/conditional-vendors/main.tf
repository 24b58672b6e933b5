# A vendor's block is there only if its credential is given: one module for teams that use one vendor, or several.
terraform {
  required_version = ">= 1.11"

  required_providers {
    accounts = {
      source = "cloud-accounts/accounts"
    }
  }
}

variable "mpt_api_token" {
  type      = string
  sensitive = true
  ephemeral = true
  default   = null
}

variable "ccm" {
  type = object({
    endpoint       = string
    ca_certificate = optional(string)
  })
  default = null
}

provider "accounts" {
  dynamic "softwareone" {
    for_each = var.mpt_api_token == null ? [] : [true]
    content {
      api_token = var.mpt_api_token
    }
  }

  dynamic "fortanix" {
    for_each = var.ccm[*]
    content {
      endpoint       = fortanix.value.endpoint
      ca_certificate = fortanix.value.ca_certificate
    }
  }
}

resource "softwareone_account" "acme" {
  provider = accounts

  name = "Acme"
  type = "Client"
}
