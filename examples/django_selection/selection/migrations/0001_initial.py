"""The three tables of selection/models.py."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import selection.models


class Migration(migrations.Migration):
    initial = True

    dependencies = (migrations.swappable_dependency(settings.AUTH_USER_MODEL),)

    operations = (
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("webhook_id", models.CharField(max_length=256, primary_key=True, serialize=False)),
                ("received", models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="ElectionState",
            fields=[
                ("election", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("status", models.JSONField()),
                ("manifest", models.JSONField()),
                ("fetched", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="VoterReference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("election", models.CharField(max_length=64)),
                ("reference", models.CharField(default=selection.models.new_reference, max_length=64, unique=True)),
                ("member", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "permissions": (("hand_in_marks", "May hand in marks of members who have voted on paper"),),
                "constraints": [models.UniqueConstraint(fields=("member", "election"), name="one_reference")],
            },
        ),
    )
