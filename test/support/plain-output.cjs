// Jest asks its workers for colours on some machines and not on others; what the tests compare is the plain text.
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = '1';
