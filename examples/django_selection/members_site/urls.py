"""Every address of the site."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.generic import TemplateView
from selection import hooks, marks, views

urlpatterns = [
    path("", views.shortlist, name="shortlist"),
    path("vote", views.vote, name="vote"),
    path("result", views.result, name="result"),
    path("marks", marks.marks, name="marks"),
    path("hooks/e2evote", hooks.receive, name="webhook"),
    path("login", LoginView.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("site.css", TemplateView.as_view(template_name="site.css", content_type="text/css"), name="style"),
]
