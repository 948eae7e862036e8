"""Addresses of the organizations room, and those allauth keeps for password and second factor."""

from django.urls import include, path, re_path

from dienhong.organizations.views import account, grants, lists, people, units

OFFICE = [
    path("", account.office, name="office"),
    path("people/", people.people, name="office_people"),
    path("people/new/", people.new, name="office_person_new"),
    path("people/<int:pk>/", people.one, name="office_person"),
    path("people/<int:pk>/close/", people.close, name="office_person_close"),
    path("people/<int:pk>/reset/", people.reset, name="office_person_reset"),
    path("people/<int:pk>/address/", people.address, name="office_person_address"),
    path("people/<int:pk>/password-link/", people.password_link, name="office_password_link"),
    path("grants/", grants.grants, name="office_grants"),
    path("grants/new/", grants.ask, name="office_grant_new"),
    path("grants/<int:pk>/hand-over/", grants.hand_over, name="office_hand_over"),
    path("grants/<int:pk>/revoke/", grants.revoke, name="office_revoke"),
    re_path(
        r"^requests/(?P<kind>grant|reset)/(?P<pk>\d{1,15})/(?P<answer>yes|no)/$", grants.decide, name="office_decide"
    ),
    path("units/", units.units, name="office_units"),
    path("units/<int:pk>/", units.unit, name="office_unit"),
    path("import/", lists.import_people, name="office_import"),
    re_path(r"^import/template\.(?P<kind>xlsx|csv)$", lists.import_template, name="office_import_template"),
    path("holidays/", lists.holidays, name="office_holidays"),
]
urlpatterns = [
    path("sign-in/", account.sign_in_page, name="sign_in"),
    path("account/", account.my_account, name="my_account"),
    path("account/sessions/<int:pk>/end/", account.end_one_session, name="end_session"),
    path("account/sessions/end-others/", account.end_other_sessions, name="end_other_sessions"),
    path("account/delegate/<int:pk>/", grants.delegate, name="delegate"),
    path("account/delegate/<int:pk>/end/", grants.end_delegation, name="end_delegation"),
    # allauth's own pages that have no place here: nobody signs up, addresses and sessions stand on one's own page.
    path("account/signup/", account.elsewhere),
    path("account/email/", account.elsewhere),
    path("account/sessions/", account.elsewhere),
    path("account/confirm-email/", account.elsewhere),
    path("account/2fa/recovery-codes/", account.recovery_codes),
    path("account/2fa/recovery-codes/download/", account.recovery_codes_file),
    path("account/", include("allauth.urls")),
    path("admin-office/", include(OFFICE)),
]
