import gc
import os

from django.core.wsgi import get_wsgi_application

from dienhong.config.whole_body import whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dienhong.config.settings")
application = whole_bodies(get_wsgi_application())
# What was loaded stays for the worker's life. Unless it is set aside, the collector walks all of it again whenever a
# page makes thousands of small objects: 37 ms in the middle of a table of 63 x 120.
gc.collect()
gc.freeze()
