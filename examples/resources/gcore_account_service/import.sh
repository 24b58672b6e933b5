terraform import gcore_account_service.cdn 7310004/CDN
