"""Write a web page as one function; call it again whenever anything changes."""
