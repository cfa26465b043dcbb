const PCHAR = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
const NOT_COLON = "(?:[A-Za-z0-9._~!$&'()*+,;=@-]|%[0-9A-Fa-f]{2})"
const USER_INFO = "(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*"
const REGISTERED_NAME = "(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
const IP_LITERAL = "\\[[0-9A-Za-z._~!$&'()*+,;=:-]+\\]"
const AUTHORITY = `//(?:${USER_INFO}@)?(?:${IP_LITERAL}|${REGISTERED_NAME})(?::[0-9]*)?`
const WITH_AUTHORITY = `${AUTHORITY}(?:/${PCHAR}*)*`
const ABSOLUTE_PATH = `/(?:${PCHAR}+(?:/${PCHAR}*)*)?`
const TAIL = `(?:\\?(?:${PCHAR}|[/?])*)?(?:#(?:${PCHAR}|[/?])*)?`

/**
 * A URI reference of RFC 3986 (section 4.1) that is not empty: a URI, or a relative reference such
 * as `/offices/430100`, whose first segment may hold no colon. Other characters, Chinese ones too,
 * have to be percent-encoded. The inside of an IP literal is not checked further.
 */
export const URI_REFERENCE_PATTERN = `^(?=.)(?:[A-Za-z][A-Za-z0-9+.-]*:(?:${WITH_AUTHORITY}|${ABSOLUTE_PATH}|${PCHAR}+(?:/${PCHAR}*)*)?|${WITH_AUTHORITY}|${ABSOLUTE_PATH}|(?:${NOT_COLON}+(?:/${PCHAR}*)*)?)${TAIL}$`
const URI_REFERENCE = new RegExp(URI_REFERENCE_PATTERN)

/** Up to 128 characters; the caller has checked the length, which bounds the work. */
export const isUriReference = (text: string): boolean => URI_REFERENCE.test(text)
