# Reads and checks the customers' files. It makes nothing and needs no provider.
terraform {
  required_version = ">= 1.11"
}

variable "folder" {
  type        = string
  description = "Folder with one YAML file per customer, in any arrangement of subfolders."
}

variable "policies" {
  type        = list(string)
  description = "Policies that a customer's file may name. The first is the default."
}

locals {
  # What a file may have, and what each mapping in it may have.
  sections = ["gcore_account", "gcore_reseller_user", "softwareone_account", "fortanix_account"]
  top      = concat(["key", "name", "email", "country", "policy"], local.sections)
  members = {
    "gcore_account"                = ["company"]
    "gcore_reseller_user"          = ["company", "custom_id", "email", "lang", "name", "phone", "services"]
    "softwareone_account"          = ["address", "description", "external_id", "name", "website"]
    "fortanix_account"             = ["component", "name"]
    "softwareone_account.address"  = ["address_line1", "address_line2", "city", "post_code", "state"]
    "gcore_reseller_user.services" = ["CDN", "CLOUD", "DDOS", "DNS", "STORAGE", "STREAMING"]
  }
  mappings = concat(local.sections, ["address", "services"])

  texts     = { for file in fileset(var.folder, "**/*.{yaml,yml}") : file => file("${var.folder}/${file}") }
  documents = { for file, text in local.texts : file => try(yamldecode(text), null) }
  readable  = { for file, document in local.documents : file => document if can(keys(document)) }

  # Every mapping in the files: the whole, its sections, and the mappings in those.
  parts = flatten([
    for file, document in local.readable : concat(
      [{ file = file, path = "", members = local.top, value = document }],
      [
        for path, members in local.members : { file = file, path = "${path}.", members = members, value = document[path] }
        if can(keys(document[path]))
      ],
      [
        for path, members in local.members : {
          file = file, path = "${path}.", members = members, value = document[split(".", path)[0]][split(".", path)[1]]
        } if can(keys(document[split(".", path)[0]][split(".", path)[1]]))
      ],
    )
  ])

  # YAML reads NO as false and 0123 as 123: where a text is due, nothing else will do.
  values = flatten([
    for part in local.parts : [
      for member, value in part.value : {
        file = part.file
        path = "${part.path}${member}"
        wants = (
          contains(local.mappings, member) ? "a mapping, {} if nothing is to be set" :
          endswith(part.path, ".services.") ? "true or false" :
          "a text without whitespace around it; YAML reads NO as false and 0123 as a number unless it is in quotes"
        )
        fits = (
          contains(local.mappings, member) ? can(keys(value)) :
          endswith(part.path, ".services.") ? try(value != null && value == tobool(value), false) :
          try(value != "" && value == trimspace(tostring(value)), false)
        )
      } if contains(part.members, member)
    ]
  ])

  # The customers by key, with what their sections leave out.
  entries = { for file, document in local.readable : file => document if can(regex("^[a-z][a-z0-9-]{0,62}$", document.key)) }
  by_key  = { for file, document in local.entries : document.key => merge(document, { file = file })... }
  customers = {
    for key, documents in local.by_key : key => {
      file   = documents[0].file
      name   = try(documents[0].name, null)
      policy = try(documents[0].policy, var.policies[0])

      gcore_account = [for section in try([documents[0].gcore_account], []) : {
        company = try(section.company, documents[0].name, null)
      }]
      gcore_reseller_user = [for section in try([documents[0].gcore_reseller_user], []) : {
        email        = try(section.email, documents[0].email, null)
        company      = try(section.company, documents[0].name, null)
        name         = try(section.name, null)
        phone        = try(section.phone, null)
        lang         = try(section.lang, null)
        custom_id    = try(section.custom_id, null)
        country_code = try(documents[0].country, null)
        services     = try(section.services, null)
      }]
      softwareone_account = [for section in try([documents[0].softwareone_account], []) : {
        name                    = try(section.name, documents[0].name, null)
        technical_support_email = try(documents[0].email, null)
        external_id             = try(section.external_id, null)
        website                 = try(section.website, null)
        description             = try(section.description, null)
        address = !can(section.address) && !can(documents[0].country) ? null : {
          address_line1 = try(section.address.address_line1, null)
          address_line2 = try(section.address.address_line2, null)
          city          = try(section.address.city, null)
          post_code     = try(section.address.post_code, null)
          state         = try(section.address.state, null)
          country       = try(documents[0].country, null)
        }
      }]
      fortanix_account = [for section in try([documents[0].fortanix_account], []) : {
        name      = try(section.name, documents[0].name, null)
        component = try(section.component, null)
      }]
    }
  }

  # What must differ between customers, by where it stands, as vendors compare it.
  names = flatten([for key, customer in local.customers : concat(
    [for account in customer.gcore_account : { what = "Gcore company", name = account.company, file = customer.file }],
    [for user in customer.gcore_reseller_user : { what = "Gcore company", name = user.company, file = customer.file }],
    [for user in customer.gcore_reseller_user : { what = "Gcore user's email", name = user.email, file = customer.file }],
    [for account in customer.softwareone_account : { what = "SoftwareOne name", name = account.name, file = customer.file }],
    [for account in customer.fortanix_account : { what = "Fortanix name", name = account.name, file = customer.file }],
  )])
  uses = { for use in local.names : "${use.what} ${lower(try(tostring(use.name), ""))}" => use.file... if use.name != null }

  emails = flatten([for file, document in local.readable : [
    for path, email in { email = try(document.email, null), "gcore_reseller_user.email" = try(document.gcore_reseller_user.email, null) } :
    { file = file, path = path, email = email } if email != null
  ]])

  problems = sort(distinct(concat(
    length(local.texts) == 0 ? ["${var.folder} has no file that ends in .yaml or .yml"] : [],
    [for file, document in local.documents : "${file} is not a YAML mapping" if !can(keys(document))],
    [
      for file, text in local.texts : "${file} has a key twice"
      if length(regexall("(?m)^[A-Za-z_]+:", text)) != length(distinct(regexall("(?m)^[A-Za-z_]+:", text)))
    ],
    flatten([for part in local.parts : [
      for member in setsubtract(keys(part.value), part.members) :
      "${part.file}: ${part.path}${member} is not a key; there are ${join(", ", part.members)}"
    ]]),
    [for value in local.values : "${value.file}: ${value.path} is not ${value.wants}" if !value.fits],
    flatten([for file, document in local.readable : [
      for member in ["key", "name"] : "${file} has no ${member}" if !contains(keys(document), member)
    ]]),
    [
      for file, document in local.readable : "${file}: key is not made of small letters, digits and hyphens, beginning with a letter"
      if can(document.key) && !can(local.entries[file])
    ],
    [
      for key, documents in local.by_key : "the key ${key} stands in ${join(" and ", documents[*].file)}"
      if length(documents) > 1
    ],
    [for use, files in local.uses : "the ${use} stands in ${join(" and ", files)}" if length(files) > 1],
    [
      for email in local.emails : "${email.file}: ${email.path} is not an e-mail address"
      if !can(regex("^[^@[:space:]]+@[^@[:space:].]+([.][^@[:space:].]+)+$", email.email))
    ],
    [
      for file, document in local.readable : "${file}: country is not two capital letters"
      if try(document.country == tostring(document.country), false) && !can(regex("^[A-Z]{2}$", document.country))
    ],
    [
      for file, document in local.readable : "${file}: policy is not one that this environment allows: ${join(", ", var.policies)}"
      if can(document.policy) && !contains(var.policies, try(tostring(document.policy), ""))
    ],
    [
      for file, document in local.readable : "${file} has gcore_account and gcore_reseller_user: a reseller's user brings the account along"
      if can(document.gcore_account) && can(document.gcore_reseller_user)
    ],
    [
      for file, document in local.readable : "${file}: gcore_reseller_user needs an email, here or for the customer"
      if can(document.gcore_reseller_user) && !can(document.email) && !can(document.gcore_reseller_user.email)
    ],
  )))
}

output "customers" {
  description = "The customers by key. A section is a list of one, or empty where the file lacks it."
  value       = local.customers

  precondition {
    condition     = length(local.problems) == 0
    error_message = "The customers' files have problems:\n- ${join("\n- ", local.problems)}"
  }
}
