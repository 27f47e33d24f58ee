// One function per kind of personal data. Each takes what it finds in the scan's free tokens, so
// that the order of the calls decides between readings of the same words: the surer kind first.
// All are linear in the text: every place is looked at with a bounded reach.
#pragma once

#include "text/redaction/pii_scan.h"

namespace ironscribe::text {

// "ann.lee@example.com", "ann dot lee at example dot com".
void FindEmails(PiiScan& scan);

// Four numbers up to 255 with points or "dot" between, but no version numbers; IPv6 in writing.
void FindIpAddresses(PiiScan& scan);

// Of the length of its country, with right check digits, whatever the grouping; also letter by
// letter.
void FindIbans(PiiScan& scan);

// 13 to 19 digits of a card scheme with a right check digit.
void FindCardNumbers(PiiScan& scan);

// Nine digits that the United States' Social Security Administration gives out: grouped 3-2-4, or
// near a word that says so.
void FindSocialSecurityNumbers(PiiScan& scan);

// A date with day and month, near a word about birth.
void FindBirthDates(PiiScan& scan);

// International, North American and national forms, and any number of 7 to 15 digits near a word
// about telephones; not what is called an order, an invoice and the like.
void FindPhoneNumbers(PiiScan& scan);

}  // namespace ironscribe::text
