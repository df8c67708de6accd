-- Each list tells of what any key of its authority signed. Those of before are made anew: no revocation has this number.
UPDATE crls SET last_event = -1;
