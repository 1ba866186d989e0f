"""D-LOG-1: who did what about whom and by which rule, refusals too, in the same unit of work."""

from typing import Final

import pytest

from eservices_core.ports.ledger import ByStaff
from eservices_core.testing.memory.ledger import StoreUnreachable
from tests.usecases.every_use_case import CASES, Case

Entry = tuple[str, str | None, str | None]

COUNTED: Final[Entry] = ("count_password", "D-ACC-13", None)
TRIED: Final[Entry] = ("take_try", "D-ACC-13", None)
IDENTIFIED: Final[Entry] = ("identify_guardian", None, None)
WRITTEN: Final[dict[str, list[Entry]]] = {
    "go_to_mitid": [("go_to_mitid", None, None)],
    "log_in_with_mitid": [("log_in_with_mitid", "S-ACC-2", None)],
    "log_in_with_a_new_mitid": [("log_in_with_mitid", "S-ACC-2", None)],
    "be_offered_sign_up": [("log_in_with_mitid", "S-ACC-7", None)],
    "be_refused_with_mitid": [("log_in_with_mitid", "D-ACC-16", "cpr_mismatch")],
    "sign_up": [("sign_up", "S-ACC-7", None)],
    "type_a_right_password": [COUNTED, ("type_password", "S-ACC-4", None)],
    "type_a_wrong_password": [COUNTED, ("type_password", "D-ACC-2", "wrong_password")],
    "type_a_password_nobody_has": [COUNTED, ("type_password", "D-ACC-2", "wrong_password")],
    "type_a_password_without_the_tick": [COUNTED, ("type_password", "S-ACC-3", "use_mitid")],
    "type_the_guess_that_locks": [COUNTED, ("type_password", "D-ACC-2", "wrong_password")],
    "type_a_childs_password_after_30_days": [
        COUNTED,
        ("renew_custody", "S-ACC-9", None),
        ("type_password", "S-ACC-10", None),
    ],
    "type_a_childs_password_after_custody_ended": [
        COUNTED,
        ("renew_custody", "D-ACC-7", "no_custody"),
        ("type_password", "S-ACC-9", None),
    ],
    "send_another_code": [("send_another_code", "S-ACC-4", None)],
    "type_a_right_code": [TRIED, ("type_code", "S-ACC-4", None)],
    "type_a_right_code_after_a_temporary_password": [TRIED, ("type_code", "S-ACC-8", None)],
    "type_a_wrong_code": [TRIED, ("type_code", "D-ACC-13", "wrong_code")],
    "change_the_password": [COUNTED, ("change_password", "D-ACC-12", None)],
    "change_a_temporary_password": [
        ("count_password", None, None),
        ("change_password", "D-ACC-12", None),
    ],
    "log_out": [("log_out", None, None)],
    "change_ones_own_address": [("change_own_address", "D-ACC-14", None)],
    "prove_an_address": [
        ("count_address_code", "D-ACC-13", None),
        ("prove_address", "D-ACC-14", None),
    ],
    "choose_a_clinic": [("choose_clinic", "D-ACC-17", None)],
    "state_two_numbers": [("state_numbers", None, None)],
    "verify_a_guardian_of_a_new_child": [IDENTIFIED, ("ask_register_again", "S-ACC-9", None)],
    "verify_a_guardian_of_a_user": [IDENTIFIED, ("ask_register_again", "S-ACC-9", None)],
    "verify_somebody_without_custody": [
        IDENTIFIED,
        ("ask_register_again", "D-ACC-7", "no_custody"),
    ],
    "verify_somebody_elses_number": [
        ("identify_guardian", "D-ACC-8", "identity_not_the_stated_one")
    ],
    "ask_the_register_again": [("ask_register_again", "S-ACC-9", None)],
    "renew_custody": [("renew_custody", "S-ACC-9", None)],
    "create_a_child": [("create_child", "S-ACC-9", None)],
    "note_a_fifteenth_birthday": [("note_fifteenth", "D-ACC-5", None)],
    "create_a_patient": [("create_patient", "S-ACC-8", None)],
    "set_the_tick": [("set_no_mitid", "S-ACC-8", None)],
    "set_the_tick_of_a_patient_who_has_a_password": [("set_no_mitid", "S-ACC-4", None)],
    "remove_the_tick": [("remove_no_mitid", "D-ACC-11", None)],
    "send_a_password": [("send_password", "S-ACC-5", None)],
    "send_a_password_with_a_username": [("send_password", "S-ACC-5", None)],
    "set_the_tick_with_a_username": [("set_no_mitid", "S-ACC-4", None)],
    "unlock_a_login": [("unlock_user", "D-ACC-13", None)],
    "close_a_user": [("close_user", "D-ACC-20", None)],
    "change_a_patients_address": [("change_patients_address", "D-ACC-14", None)],
    "change_a_number": [("change_number", "D-ACC-16", None)],
    "verify_by_hand": [("verify_by_hand", "D-ACC-10", None)],
    "withdraw_a_verification": [("withdraw_verification", None, None)],
    "answer_a_registration": [("answer_registration", "S-ACC-11", None)],
    "associate_a_patient": [("associate_patient", "S-ACC-11", None)],
    "dissociate_a_patient": [("dissociate_patient", "S-ACC-11", None)],
    "book_ask_for_a_time": [("request_time", "S-BOOK-1", None)],
    "book_move_a_request": [("move_own_request", "D-BOOK-4", None)],
    "book_cancel_ones_own": [("cancel_own_booking", "S-BOOK-5", None)],
    "book_open_a_booking": [("open_booking", "D-BOOK-2", None)],
    "book_approve_a_request": [("approve_booking", "S-BOOK-4", None)],
    "book_decline_a_request": [("decline_booking", "S-BOOK-4", None)],
    "book_book_for_a_user": [("book_for_patient", "D-BOOK-11", None)],
    "book_book_for_a_card": [("book_for_patient", "D-BOOK-11", None)],
    "book_move_a_booking": [("move_for_clinic", "D-BOOK-11", None)],
    "book_cancel_for_the_clinic": [("cancel_for_clinic", "D-BOOK-11", None)],
    "book_send_a_confirmation_again": [("resend_confirmation", "D-BOOK-3", None)],
    "book_record_a_call": [("record_patient_told", "D-BOOK-2", None)],
    "book_record_presence": [("record_presence", "D-BOOK-4", None)],
    "book_let_a_booking_stand": [("let_booking_stand", "D-BOOK-6", None)],
    "book_take_off_the_desk": [("take_off_desk", "D-BOOK-15", None)],
    "book_join_a_record": [("join_record", "D-BOOK-7", None)],
    "book_ask_without_a_user": [("ask_without_user", "D-BOOK-7", None)],
    "book_ask_for_another_code": [("send_another_booking_code", "D-BOOK-7", None)],
    "book_prove_an_address": [
        ("take_try", "D-BOOK-7", None),
        ("prove_address", "S-BOOK-1", None),
    ],
    "book_cancel_by_the_link": [
        ("take_try", "D-BOOK-7", None),
        ("cancel_by_link", "S-BOOK-5", None),
    ],
    "staff_first_manager": [("enroll_first_manager", "D-STAFF-1", None)],
    "staff_enroll": [("enroll_staff", "D-STAFF-1", None)],
    "staff_change_role": [("change_staff_role", "D-STAFF-1", None)],
    "staff_set_end": [("set_end_date", "D-STAFF-1", None)],
    "staff_lift_end": [("lift_end_date", "D-STAFF-1", None)],
    "staff_come_in": [("let_staff_in", "D-STAFF-1", None)],
    "staff_go": [("log_staff_out", "D-STAFF-1", None)],
    "staff_open": [("open_patient", "D-STAFF-1", None)],
    "staff_open_a_protected_patient": [("open_patient", "D-ACC-19", None)],
    "staff_draw_a_sample": [("draw_sample", "D-STAFF-1", None)],
    "staff_close_an_alarm": [("close_alarm", "D-STAFF-1", None)],
    "change_the_settings": [("change_settings", "S-SET-1", None)],
    "change_settings_that_were_changed": [("change_settings", "S-SET-1", None)],
    "import_the_settings": [("import_settings", "S-SET-1", None)],
    "import_a_user": [("import_user", "S-ACC-4", None)],
    "post_send_a_letter": [("send_letter", "D-POST-2", None)],
    "post_withdraw_a_letter": [("withdraw_letter", "D-POST-1", None)],
    "post_try_a_letter_again": [("try_letter_again", "D-POST-1", None)],
    "post_send_a_letter_on_paper": [("send_letter_on_paper", "D-POST-1", None)],
    "post_settle_a_letter": [("settle_letter", "D-POST-1", None)],
    "post_record_an_attempt": [("record_attempt", "D-POST-1", None)],
    "post_record_a_receipt": [("record_receipt", "D-POST-1", None)],
    "mail_begin": [("begin_conversation", "S-MAIL-1", None)],
    "mail_reply": [("reply_to_clinic", "S-MAIL-1", None)],
    "mail_ask_for_renewal": [("ask_for_renewal", "S-MAIL-1", None)],
    "mail_read": [("read_conversation", "D-MAIL-4", None)],
    "mail_answer": [("answer_conversation", "S-MAIL-4", None)],
    "mail_answer_a_renewal": [("answer_renewal", "D-MAIL-6", None)],
    "mail_write_first": [("create_e_answer", "S-MAIL-5", None)],
    "mail_close": [("close_conversation", "D-MAIL-4", None)],
    "mail_reopen": [("reopen_conversation", "D-MAIL-4", None)],
    "mail_keep": [("keep_conversation", "D-ACC-20", None)],
    "mail_keep_off": [("keep_off_site", "D-ACC-18", None)],
    "mail_withdraw": [("withdraw_message", "D-MAIL-8", None)],
    "mail_tell_again": [("tell_again", "D-MAIL-4", None)],
    "desk_take_an_item": [("take_item", "D-MAIL-4", None)],
    "desk_let_an_item_go": [("let_item_go", "D-MAIL-4", None)],
    "desk_follow_a_lost_mail": [("follow_mail", "D-MAIL-4", None)],
    "desk_close_an_item": [("close_item", "D-MAIL-4", None)],
    "desk_move_an_entry": [("move_entry", "D-MAIL-8", None)],
    "desk_set_an_entry_aside": [("move_entry", "D-MAIL-8", None)],
    "desk_record_that_an_entry_is_filed": [("record_answer", "D-MAIL-3", None)],
}
NOBODY_KNOWN: Final = {
    "go_to_mitid",
    "be_offered_sign_up",
    "type_a_password_nobody_has",
    "state_two_numbers",
    "verify_a_guardian_of_a_new_child",
    "verify_somebody_without_custody",
    "verify_somebody_elses_number",
    "ask_the_register_again",
    "book_book_for_a_card",
    "book_ask_without_a_user",
    "book_ask_for_another_code",
    "book_prove_an_address",
    "book_cancel_by_the_link",
    "staff_first_manager",
    "staff_enroll",
    "staff_change_role",
    "staff_set_end",
    "staff_lift_end",
    "staff_come_in",
    "staff_go",
    "staff_draw_a_sample",
    "staff_close_an_alarm",
    "change_the_settings",
    "change_settings_that_were_changed",
    "import_the_settings",
}
"""Where nobody knows yet whom it is about, or it is about no user."""

each_case: Final = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@each_case
def test_every_step_is_written_down_with_its_rule_and_its_reason(case: Case) -> None:
    """D-LOG-1, faults: 188. One entry a step: the act, the rule, and why it was refused."""
    day, do, command = case.begin()
    before = len(day.ledger.audit())
    _ = do(day.services, command)
    written = [one.entry for one in day.ledger.audit()[before:]]
    assert [(one.act, one.rule, one.refused_because) for one in written] == WRITTEN[case.name]


@each_case
def test_an_entry_says_who_when_and_about_whom(case: Case) -> None:
    """D-LOG-1: the actor and the instant of the command, and the user as soon as one is known."""
    day, do, command = case.begin()
    before = len(day.ledger.audit())
    _ = do(day.services, command)
    last = day.ledger.audit()[before:][-1]
    assert (last.by, last.at) == (command.by, day.clock.now())
    assert (last.entry.about is None) is (case.name in NOBODY_KNOWN)
    if last.entry.about is not None:
        assert last in day.ledger.audit_about(last.entry.about)
    if hasattr(command, "staff"):
        assert isinstance(last.by, ByStaff)


@each_case
def test_what_was_not_stored_is_not_written_down_either(case: Case) -> None:
    """D-LOG-1: the entry lies in the same unit of work as what it speaks of."""
    day, do, command = case.begin()
    before = len(day.ledger.audit())
    day.ledger.break_next_commit(stored=False)
    with pytest.raises(StoreUnreachable):
        _ = do(day.services, command)
    assert len(day.ledger.audit()) == before
