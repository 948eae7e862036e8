"""What visitors say of a page. Nothing here says who they are."""

from django.db import models
from django.db.models import Q


class Feedback(models.Model):
    """One visitor's word on one procedure page: whether it helped, what is missing. `answered` is for the agency."""

    code = models.CharField(max_length=40, db_index=True)
    helped = models.BooleanField(null=True)
    text = models.CharField(max_length=1000, blank=True)
    lang = models.CharField(max_length=2)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="feedback_says_something", condition=Q(helped__isnull=False) | ~Q(text=""))
        ]
