terraform import gcore_reseller_user.acme 43001
