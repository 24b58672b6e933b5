variable "folder" {
  type        = string
  description = "Folder with one YAML file per customer, in any arrangement of subfolders."
}

variable "environment" {
  type        = string
  description = "Environment whose policies apply, one of the keys of policies."

  validation {
    condition     = length(lookup(var.policies, var.environment, [])) > 0
    error_message = "The environment is not in policies, or has no policy there."
  }
}

variable "policies" {
  type        = map(list(string))
  description = "For each environment, the policies that a customer's file may name: prevent, abandon or remove. The first is the default."
  default = {
    production = ["prevent", "abandon"]
    staging    = ["abandon", "prevent", "remove"]
    test       = ["remove", "abandon", "prevent"]
  }

  validation {
    condition     = length(setsubtract(flatten(values(var.policies)), ["prevent", "abandon", "remove"])) == 0
    error_message = "A policy is prevent, abandon or remove."
  }
}

variable "gcore_passwords" {
  type        = map(string)
  description = "Passwords of new Gcore reseller users, by the customers' keys. A user that exists needs none."
  default     = {}
  ephemeral   = true
}
