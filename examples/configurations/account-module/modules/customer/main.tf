terraform {
  required_version = ">= 1.11"

  required_providers {
    accounts = {
      source = "cloud-accounts/accounts"
    }
  }
}

variable "name" {
  type        = string
  description = "The customer's name, under which all accounts are made."
}

variable "country" {
  type        = string
  description = "The customer's country, as two letters."
}

resource "softwareone_account" "this" {
  provider = accounts

  name    = var.name
  type    = "Client"
  address = { country = var.country }
}

resource "fortanix_account" "this" {
  provider = accounts

  name = var.name
}

output "ids" {
  description = "The ids of the customer's accounts, by vendor."
  value = {
    softwareone = softwareone_account.this.id
    fortanix    = fortanix_account.this.id
  }
}
