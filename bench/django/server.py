"""GET content-types as the seed describes it: Django REST framework, one process of gunicorn's, SQLite.

It stores the structure in SiteIntegration.config_json and counts the synced rows of Content by type on each request. The
database's indexes serve exactly these queries, and API keys are found by their hash. `python3 server.py seed FILE ITEMS`
makes the database; gunicorn serves `server:application` with the file in BENCH_DATABASE.
"""

import hashlib
import json
import os
import sys

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": sys.argv[2] if "seed" in sys.argv else os.environ["BENCH_DATABASE"],
            "CONN_MAX_AGE": None,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    REST_FRAMEWORK={
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_THROTTLE_RATES": {"integration": "1000000000/min"},
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.authentication import BaseAuthentication  # noqa: E402
from rest_framework.exceptions import AuthenticationFailed, NotFound  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.throttling import ScopedRateThrottle  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class ApiKey(models.Model):
    key_hash = models.CharField(max_length=64, unique=True)
    site_id = models.IntegerField()
    is_active = models.BooleanField(default=True)

    class Meta:
        app_label = "bench"


class SiteIntegration(models.Model):
    site_id = models.IntegerField(db_index=True)
    config_json = models.JSONField()

    class Meta:
        app_label = "bench"


class Content(models.Model):
    site_id = models.IntegerField()
    kind = models.CharField(max_length=16)
    type = models.CharField(max_length=64)
    title = models.TextField()
    is_synced = models.BooleanField()

    class Meta:
        app_label = "bench"
        indexes = [models.Index(fields=["site_id", "is_synced", "kind", "type"], name="synced_by_type")]


def hash_key(key):
    return hashlib.sha256(key.encode()).hexdigest()


class KeyAuthentication(BaseAuthentication):
    def authenticate(self, request):
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        found = ApiKey.objects.filter(key_hash=hash_key(key), is_active=True).first()
        if found is None:
            raise AuthenticationFailed()
        return None, found


class ContentTypesView(APIView):
    authentication_classes = [KeyAuthentication]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "integration"

    def get(self, request, pk):
        integration = SiteIntegration.objects.filter(pk=pk, site_id=request.auth.site_id).first()
        if integration is None:
            raise NotFound()
        rows = (
            Content.objects.filter(site_id=integration.site_id, is_synced=True)
            .values_list("kind", "type")
            .annotate(synced=models.Count("id"))
        )
        synced = {(kind, slug): count for kind, slug, count in rows}
        stored = integration.config_json["content_types"]
        answer = {
            kind: {slug: {**one, "synced_count": synced.get((kind, slug), 0)} for slug, one in stored[kind].items()}
            for kind in ("post_types", "taxonomies")
        }
        return Response({**answer, "last_structure_fetch": stored["last_structure_fetch"]})


urlpatterns = [path("integrations/<int:pk>/content-types/", ContentTypesView.as_view())]
application = get_wsgi_application()


def seed(structure, key):
    """Makes tables and rows: as many rows of Content as the structure counts."""
    with connection.schema_editor() as editor:
        for model in (ApiKey, SiteIntegration, Content):
            editor.create_model(model)
    ApiKey.objects.create(key_hash=hash_key(key), site_id=1)
    SiteIntegration.objects.create(site_id=1, config_json={"content_types": structure})
    for kind in ("post_types", "taxonomies"):
        for slug, one in structure[kind].items():
            rows = (Content(site_id=1, kind=kind, type=slug, title=f"{slug} {n}", is_synced=True) for n in range(one["count"]))
            Content.objects.bulk_create(rows, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    given = json.load(sys.stdin)
    seed(given["structure"], given["key"])
