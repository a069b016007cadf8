// Jest requests colours from its workers on some machines only; the tests compare plain text.
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = '1';
